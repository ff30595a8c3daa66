import { Facts } from '../facts.tsx';
import { href } from '../place.ts';
import type { ContextItem } from '../registry-contract.ts';
import { Values } from '../values.tsx';
import { Actions } from './actions.tsx';
import { History, originOf, StateBadge } from './origin.tsx';

interface ContextCardProps {
  readonly context: ContextItem;
  readonly changed: () => void;
}

export function ContextCard({ context, changed }: ContextCardProps) {
  const { name, upstream, family, ownership, mappings = {}, values = [], tools = [] } = context;
  return (
    <article class="card" aria-labelledby={`context-${name}`}>
      <h3 id={`context-${name}`}>
        {name} <StateBadge {...context} />
      </h3>
      <Facts
        rows={[
          ['OneRoster service', upstream],
          ['Class', <code key="class">{context.class}</code>],
          ['Family', family],
          ['A tool sees', ownership === 'class' ? 'every line item of the class' : 'its own line items'],
          ['Tools', tools.join(', ')],
          [
            'Mappings',
            Object.values(mappings).map((mapping) => (
              <span key={mapping}>
                <a href={href('mappings', mapping)}>{mapping}</a>{' '}
              </span>
            )),
          ],
          ['Comes from', originOf(context)],
        ]}
      />
      <Values values={values} />
      <History item={context} />
      <Actions kind="context" item={context} changed={changed} />
    </article>
  );
}
