// Bundles the console's pages into dist/console. Plain JavaScript, because the build runs it before anything is compiled.
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { build } from 'esbuild';

/**
 * Every name but that of the index holds a hash of what is in the file, so that a browser may keep it for ever.
 * @param {string} root the folder of the package
 */
export async function bundle(root) {
  const app = join(root, 'src', 'console', 'app');
  const out = join(root, 'dist', 'console');
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: { console: join(app, 'main.tsx') },
    outdir: out,
    entryNames: '[name]-[hash]',
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    metafile: true,
    logLevel: 'warning',
  });
  const entry = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint !== undefined);
  if (entry === undefined) throw new Error('esbuild has made no entry');
  const [script, { cssBundle = '' }] = entry;
  const nameOf = (/** @type {string} */ path) => relative(out, join(root, path));
  const index = readFileSync(join(app, 'index.html'), 'utf8')
    .replace('%SCRIPT%', nameOf(script))
    .replace('%STYLE%', nameOf(cssBundle));
  writeFileSync(join(out, 'index.html'), index);
  writeFileSync(join(out, 'licences.txt'), licencesOf(root, Object.keys(metafile.inputs)));
  copyFileSync(join(app, 'icon.svg'), join(out, 'icon.svg'));
}

/**
 * The licences of what others have written and the bundle holds: they want to be handed on with it.
 * @param {string} root @param {string[]} inputs
 */
function licencesOf(root, inputs) {
  const packages = new Set(
    inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.slice(1) ?? []),
  );
  return [...packages]
    .sort()
    .map((name) => {
      const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt']
        .map((each) => join(root, 'node_modules', name, each))
        .find((path) => existsSync(path));
      if (file === undefined) throw new Error(`${name} brings no licence`);
      return `${name}\n\n${readFileSync(file, 'utf8').trim()}\n`;
    })
    .join(`\n${'-'.repeat(72)}\n\n`);
}
