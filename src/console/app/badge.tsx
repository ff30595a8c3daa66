import type { Check, DeliveryState } from './contract.ts';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'red' | 'amber' | 'green' | 'calm';

interface BadgeProps {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly children: string | number;
}

export function Badge({ tone, icon, children }: BadgeProps) {
  return (
    <span class={`badge ${tone}`}>
      <Icon name={icon} />
      {children}
    </span>
  );
}

interface Look {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly text: string;
  /** What it means, in a sentence. */
  readonly means: string;
}

/** What each state of a delivery is called here: the receipt's word, and what it means. */
export const DELIVERY_LOOKS: Readonly<Record<DeliveryState, Look>> = {
  accepted: {
    tone: 'amber',
    icon: 'waiting',
    text: 'accepted',
    means: 'Written down; waits for its next attempt.',
  },
  sent: { tone: 'calm', icon: 'moving', text: 'sent', means: 'An attempt is under way.' },
  held: { tone: 'amber', icon: 'held', text: 'held', means: 'A person must decide.' },
  failed: { tone: 'red', icon: 'wrong', text: 'failed', means: 'It cannot be delivered as things are.' },
  acknowledged: { tone: 'green', icon: 'ok', text: 'acknowledged', means: 'OneRoster has taken it.' },
  verified: {
    tone: 'green',
    icon: 'ok',
    text: 'verified',
    means: 'OneRoster has taken it, and it was read back.',
  },
  superseded: {
    tone: 'calm',
    icon: 'replaced',
    text: 'superseded',
    means: 'A newer score of the same student stands, or waits.',
  },
  discarded: { tone: 'calm', icon: 'gone', text: 'discarded', means: 'It was given up.' },
};

export function DeliveryBadge({ state }: { readonly state: DeliveryState }) {
  const { tone, icon, text } = DELIVERY_LOOKS[state];
  return (
    <Badge tone={tone} icon={icon}>
      {text}
    </Badge>
  );
}

export function StatusBadge({ status }: { readonly status: number }) {
  if (status >= 500)
    return (
      <Badge tone="red" icon="wrong">
        {status}
      </Badge>
    );
  if (status >= 400)
    return (
      <Badge tone="amber" icon="warning">
        {status}
      </Badge>
    );
  if (status === 202)
    return (
      <Badge tone="amber" icon="waiting">
        {status}
      </Badge>
    );
  return (
    <Badge tone="green" icon="ok">
      {status}
    </Badge>
  );
}

const CHECK_LOOKS: Readonly<Record<Check['state'], readonly [Tone, IconName, string]>> = {
  wrong: ['red', 'wrong', 'wrong'],
  warning: ['amber', 'warning', 'look at it'],
  skipped: ['calm', 'skipped', 'not tried'],
  ok: ['green', 'ok', 'works'],
};

export function CheckBadge({ state }: { readonly state: Check['state'] }) {
  const [tone, icon, text] = CHECK_LOOKS[state];
  return (
    <Badge tone={tone} icon={icon}>
      {text}
    </Badge>
  );
}
