import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { Announcements } from './announce.tsx';
import { asFailure, call, type Failure, onSignedOut, rememberCsrf } from './api.ts';
import type { Session } from './contract.ts';
import { Waiting } from './load.tsx';
import { Audit } from './pages/audit.tsx';
import { Configuration } from './pages/configuration.tsx';
import { Deliveries } from './pages/deliveries.tsx';
import { Delivery } from './pages/delivery.tsx';
import { Exchange } from './pages/exchange.tsx';
import { LineItems } from './pages/line-items.tsx';
import { Mappings } from './pages/mappings.tsx';
import { Overview } from './pages/overview.tsx';
import { SignIn } from './pages/sign-in.tsx';
import { Tools } from './pages/tools.tsx';
import { Traffic } from './pages/traffic.tsx';
import { Workbench } from './pages/workbench.tsx';
import { href, type Place, usePlace } from './place.ts';
import { SessionProvider } from './session.tsx';
import { Head, Shell } from './shell.tsx';
import { Trouble } from './trouble.tsx';

interface PageOf {
  readonly list: (place: Place) => JSX.Element;
  readonly one?: (id: string, place: Place) => JSX.Element;
}

const PAGES: Readonly<Record<string, PageOf>> = {
  '': { list: () => <Overview /> },
  mappings: {
    list: () => <Mappings />,
    one: (name, place) => <Workbench key={name} name={name} query={place.query} />,
  },
  traffic: {
    list: ({ query }) => <Traffic query={query} />,
    one: (id) => <Exchange key={id} id={id} />,
  },
  deliveries: {
    list: ({ query }) => <Deliveries query={query} />,
    one: (id) => <Delivery key={id} id={id} />,
  },
  'line-items': { list: ({ query }) => <LineItems query={query} /> },
  tools: { list: ({ query }) => <Tools query={query} /> },
  upstreams: { list: ({ query }) => <Tools query={query} /> },
  configuration: { list: () => <Configuration /> },
  audit: { list: ({ query }) => <Audit query={query} /> },
};

function PageAt({ place }: { readonly place: Place }) {
  const page = Object.hasOwn(PAGES, place.page) ? PAGES[place.page] : undefined;
  if (page !== undefined && place.id === undefined) return page.list(place);
  if (page?.one !== undefined && place.id !== undefined) return page.one(place.id, place);
  return <Head title="There is no such page" lead={<a href={href('')}>Go to the overview.</a>} />;
}

type Who = 'asking' | 'nobody' | Session | { readonly failure: Failure };

/** Who one is decides what is shown: nothing of the console without a session. */
export function App() {
  const place = usePlace();
  const [who, setWho] = useState<Who>('asking');
  const ask = useCallback(() => {
    setWho('asking');
    call<Session>('GET', '/session', { isSignIn: true }).then(setWho, (cause) => {
      const failure = asFailure(cause);
      setWho(failure.status === 401 ? 'nobody' : { failure });
    });
  }, []);
  useEffect(() => {
    onSignedOut(() => setWho('nobody'));
    ask();
  }, [ask]);
  if (who === 'asking') return <Waiting what="who you are" />;
  if (who === 'nobody') return <SignIn signedIn={setWho} />;
  if ('failure' in who)
    return (
      <main class="alone">
        <Trouble failure={who.failure} title="The console could not be opened." retry={ask} />
      </main>
    );
  rememberCsrf(who.csrf);
  const signOut = (): void => {
    call('DELETE', '/session').then(
      () => setWho('nobody'),
      () => setWho('nobody'),
    );
  };
  return (
    <SessionProvider value={who}>
      <Shell place={place} signOut={signOut}>
        <PageAt place={place} />
      </Shell>
      <Announcements />
    </SessionProvider>
  );
}
