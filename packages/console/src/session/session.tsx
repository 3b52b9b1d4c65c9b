import { createContext, use } from 'react';
import type { SessionResource } from '../api/session.ts';

export const SessionContext = createContext<SessionResource | undefined>(undefined);

export function useSession(): SessionResource {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('Nobody is signed in.');
  return session;
}

/** Whether what needs this scope is shown. The gateway decides anyway. */
export function useMay(scope: SessionResource['scopes'][number]): boolean {
  const { scopes } = useSession();
  return scopes.includes(scope) || scopes.includes('admin');
}
