import { useEffect, useId, useState } from 'preact/hooks';
import { asFailure, call, type Failure } from '../api.ts';
import type { Session, SignInWays } from '../contract.ts';
import { ThemeSwitch } from '../theme.tsx';
import { Trouble } from '../trouble.tsx';

/** The only page without a session. */
export function SignIn({ signedIn }: { readonly signedIn: (session: Session) => void }) {
  const [ways, setWays] = useState<SignInWays>({ token: true });
  const [failure, setFailure] = useState<Failure>();
  const [isBusy, setBusy] = useState(false);
  const field = useId();
  useEffect(() => {
    document.title = 'Sign in – Gradebridge';
    call<SignInWays>('GET', '/sign-in', { isSignIn: true }).then(setWays, () => undefined);
  }, []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const token = String(new FormData(event.currentTarget as HTMLFormElement).get('token')).trim();
    setBusy(true);
    setFailure(undefined);
    try {
      signedIn(await call<Session>('POST', '/session', { body: { token }, isSignIn: true }));
    } catch (cause) {
      setFailure(asFailure(cause));
      setBusy(false);
    }
  };
  const refused = new URLSearchParams(location.search).get('refused');
  return (
    <main class="alone sign-in">
      <p class="brand">
        <img src="/console/icon.svg" alt="" width="32" height="32" /> Gradebridge
      </p>
      <h1>Sign in</h1>
      {refused !== null && (
        <p class="notice amber" role="alert">
          Your organisation’s sign-in was refused. Ask whoever runs this gateway which role your account has
          there. <code>{refused}</code>
        </p>
      )}
      {ways.token && (
        <form onSubmit={(event) => void submit(event)}>
          <label for={field}>Admin token</label>
          <input id={field} name="token" type="password" autocomplete="current-password" required autofocus />
          <p class="hint">Whoever runs this gateway has set it under “admin” in the configuration.</p>
          {failure && <Trouble failure={failure} />}
          <button type="submit" class="primary" disabled={isBusy}>
            {isBusy ? 'Signing in …' : 'Sign in'}
          </button>
        </form>
      )}
      {ways.oidc && (
        <>
          {ways.token && <p class="or">or</p>}
          <a class="button" href="/admin/v1/oidc/start">
            Sign in with {hostOf(ways.oidc.issuer)}
          </a>
        </>
      )}
      <ThemeSwitch />
    </main>
  );
}

function hostOf(issuer: string): string {
  return URL.canParse(issuer) ? new URL(issuer).host : issuer;
}
