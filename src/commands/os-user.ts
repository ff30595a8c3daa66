import { userInfo } from 'node:os';

/** Who uses the command line. A container may run as a user that has no name. */
export function osUser(): string {
  try {
    return userInfo().username;
  } catch {
    return 'command line';
  }
}
