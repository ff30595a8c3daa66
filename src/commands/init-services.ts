import { usualAddresses } from './demo-config.ts';

interface Service {
  readonly text: string;
  /** The name of the upstream; its variables begin with it. */
  readonly upstream: string;
  readonly profile: string;
  readonly baseUrl?: string;
  readonly tokenUrl?: string;
}

const COGNITO = 'beyond-timeback-api-2-idp.auth.us-east-1.amazoncognito.com/oauth2/token';
const SANDBOX = usualAddresses().sandbox;

/** The services whose addresses are known, and any other one. */
export const SERVICES: Readonly<Record<string, Service>> = {
  'timeback-staging': {
    text: 'Timeback, where it may be tried',
    upstream: 'timeback',
    profile: 'timeback',
    baseUrl: 'https://api.staging.alpha-1edtech.ai',
    tokenUrl: `https://staging-${COGNITO}`,
  },
  'timeback-production': {
    text: 'Timeback, where the grades are',
    upstream: 'timeback',
    profile: 'timeback',
    baseUrl: 'https://api.alpha-1edtech.ai',
    tokenUrl: `https://prod-${COGNITO}`,
  },
  oneroster: { text: 'another OneRoster 1.2 service', upstream: 'oneroster', profile: 'oneroster-1.2' },
  sandbox: {
    text: 'the one that comes with Gradebridge, to practise: gradebridge sandbox',
    upstream: 'sandbox',
    profile: 'timeback',
    baseUrl: SANDBOX.url,
    tokenUrl: SANDBOX.tokenUrl,
  },
};

/** The service that was chosen: `serviceOf({ service: 'sandbox' })`. */
export function serviceOf({ service = '' }: Readonly<Record<string, string>>): Service {
  return SERVICES[service] ?? (SERVICES['oneroster'] as Service);
}
