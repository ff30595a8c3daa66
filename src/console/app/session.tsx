import { type ComponentChildren, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from './contract.ts';

const SessionContext = createContext<Session | undefined>(undefined);

export const SessionProvider = SessionContext.Provider;

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('nobody is signed in here');
  return session;
}

/** What only an operator may do: a viewer does not see it. */
export function ForOperator({ children }: { readonly children: ComponentChildren }) {
  return useSession().role === 'operator' ? children : null;
}
