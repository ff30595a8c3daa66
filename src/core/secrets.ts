/** Stands in the place of a credential. */
const REDACTED = '[secret]';
/** A shorter text may stand anywhere by chance; a secret that short is no secret. */
const SHORTEST = 6;

/** Credentials by their form: signed tokens, and what follows a scheme of an Authorization header. */
const FORMS =
  /\beyJ[\w-]{4,}\.[\w-]+\.[\w-]*|\b(bearer|basic|service-auth-v1|ltik-auth-v2)(\s+|%20|\+)[^\s"',;<>]{6,}/gi;

/**
 * Takes credentials out of a text of somebody else, however they were encoded on their way.
 *
 * @param secrets ours; the forms of bearer tokens are known besides
 * @example redact('bad token: abcdefgh', ['abcdefgh']) // 'bad token: [secret]'
 */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of variantsOf(secrets)) clean = clean.replaceAll(secret, REDACTED);
  return clean.replace(FORMS, REDACTED);
}

/** Whether a text holds one of the secrets as it is. Those that are too short to be told from other words do not count. */
export function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return secrets.some((secret) => secret.length >= LONG && text.includes(secret));
}

/** Characters from which on a secret stands nowhere by chance, not even in what a school has written. */
const LONG = 20;

/** The longest first: one may be a part of another. */
function variantsOf(secrets: readonly string[]): readonly string[] {
  const variants = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < SHORTEST) continue;
    const form = new URLSearchParams([['', secret]]).toString().slice(1);
    for (const variant of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), form]) {
      variants.add(variant);
      variants.add(Buffer.from(variant).toString('base64'));
    }
  }
  return [...variants].toSorted((left, right) => right.length - left.length);
}

/** Where a stack begins: the second line, as a text or escaped, or a frame of JavaScript, Java or .NET in the first. */
const STACK =
  /[\r\n]|\\n|\\r|\s+at\s+(?:async\s+|new\s+)?[\w.$<>[\]/ ]+\(|\s+at\s+(?:file:|node:|\/)|Traceback \(most/;
/** Source files, whose paths tell of a machine. */
const SOURCE =
  /(?:file:\/\/)?(?:[A-Za-z]:)?(?:[\\/][\w.@ -]+)+\.(?:[cm]?[jt]sx?|py|java|kt|cs|php|rb|go|rs)\b(?::\d+)*/g;

/**
 * A sentence of somebody else, without credentials, stacks and paths of source files.
 *
 * @param most characters
 * @example sentence('It failed\n    at save (/srv/app.js:1:2)', { secrets: [], most: 300 }) // 'It failed'
 */
export function sentence(
  text: string,
  { secrets, most }: { readonly secrets: readonly string[]; readonly most: number },
): string {
  // Bounded before it is looked through, with room for a secret at the end of what stays.
  const clean = redact(text.slice(0, 4 * most + LONGEST_SECRET), secrets);
  return (clean.split(STACK, 1)[0] ?? '').replace(SOURCE, '[file]').slice(0, most).trim();
}

const LONGEST_SECRET = 8_192;
