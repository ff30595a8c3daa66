import { openKeys } from '../compose.ts';
import { findConfigFile, loadConfigFile } from '../config/load.ts';
import { type Command, EXIT, printFindings, textOption, UsageError } from './command.ts';
import { loadDemoConfig, usualAddresses } from './demo-config.ts';

/** An ltik stands for one launch and lasts a day (LTIAAS API 2.0). Seconds. */
const LTIK_LIFETIME = 86_400;

/** `gradebridge keys issue`: a service key or an ltik for a tool in a context. */
export const keysCommand: Command = {
  summary: 'Issues a service key, or an ltik, for a tool in a context. It is the last line of stdout.',
  usage: 'issue --tool TOOL --context CONTEXT [--ltik] [--resource-link ID] [--config FILE]',
  options: {
    tool: { value: 'TOOL', text: 'the name of a tool in the configuration' },
    context: { value: 'CONTEXT', text: 'the name of a context that the tool may use' },
    ltik: { text: 'an ltik, which ends after 24 hours, in place of a service key, which does not end' },
    'resource-link': { value: 'ID', text: 'the resource link that the key stands for' },
    config: {
      value: 'FILE',
      text: 'the configuration; default: GRADEBRIDGE_CONFIG, then ./gradebridge.config.json',
    },
  },
  example: 'gradebridge keys issue --tool quizzer --context math-101',
  run: async (args, io) => {
    const [verb, ...others] = args.positionals;
    if (verb !== 'issue' || others.length > 0)
      throw new UsageError('the one thing that keys can do is "issue"');
    const [tool, context] = [textOption(args, 'tool'), textOption(args, 'context')];
    if (tool === undefined || context === undefined) throw new UsageError('--tool and --context are needed');
    const { environment, folder } = io;
    const file = findConfigFile({ named: textOption(args, 'config'), environment, folder });
    const loaded =
      file === undefined ? loadDemoConfig(usualAddresses(), folder) : loadConfigFile(file, environment);
    if ('findings' in loaded) {
      printFindings(loaded.findings, io);
      return EXIT.findings;
    }
    const { tools } = loaded.config;
    const settings = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
    if (settings === undefined)
      throw new UsageError(`there is no tool "${tool}"; there are ${Object.keys(tools).join(', ')}`);
    if (!settings.contexts.includes(context)) {
      throw new UsageError(
        `the tool ${tool} has no context "${context}"; it has ${settings.contexts.join(', ')}`,
      );
    }
    const keyring = await openKeys(loaded.config, Date.now);
    const resourceLinkId = textOption(args, 'resource-link');
    const claims = { tool, context, ...(resourceLinkId !== undefined && { resourceLinkId }) };
    const isLtik = args.values['ltik'] === true;
    const scheme = isLtik ? 'LTIK-AUTH-V2' : 'SERVICE-AUTH-V1';
    io.error(`For ${tool} in ${context}; send it as  Authorization: ${scheme} <apiKey>:<this key>`);
    io.out(await (isLtik ? keyring.sign('ltik', claims, LTIK_LIFETIME) : keyring.sign('serviceKey', claims)));
    return EXIT.done;
  },
};
