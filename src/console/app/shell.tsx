import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icon.tsx';
import { href, type Place } from './place.ts';
import { useSession } from './session.tsx';
import { ThemeSwitch } from './theme.tsx';

const PAGES: readonly (readonly [page: string, name: string, icon: IconName])[] = [
  ['', 'Overview', 'overview'],
  ['mappings', 'Mappings', 'mappings'],
  ['traffic', 'Traffic', 'traffic'],
  ['deliveries', 'Deliveries', 'deliveries'],
  ['line-items', 'Line items', 'line-items'],
  ['tools', 'Tools and contexts', 'tools'],
  ['configuration', 'Configuration', 'configuration'],
  ['audit', 'Audit', 'audit'],
];

interface ShellProps {
  readonly place: Place;
  readonly signOut: () => void;
  readonly children: ComponentChildren;
}

/** What stands around every page. A change of page moves the focus to its beginning, as loading a page does. */
export function Shell({ place, signOut, children }: ShellProps) {
  const { name, role } = useSession();
  const main = useRef<HTMLElement>(null);
  const pages = useRef<HTMLElement>(null);
  const isFirst = useRef(true);
  // a new place is a new beginning
  useEffect(() => {
    if (!isFirst.current) main.current?.focus();
    isFirst.current = false;
    // On a phone the pages are a strip that is wider than the screen.
    pages.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
    scrollTo(0, 0);
  }, [place.page, place.id]);
  return (
    <>
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href={href('')}>
          <img src="/console/icon.svg" alt="" width="26" height="26" /> Gradebridge
        </a>
        <nav aria-label="Pages" ref={pages}>
          <ul>
            {PAGES.map(([page, title, icon]) => (
              <li key={page}>
                <a href={href(page)} aria-current={page === place.page ? 'page' : undefined}>
                  <Icon name={icon} /> {title}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div class="who">
          <p>
            <span class="strong">{name}</span> <span class="muted">{role}</span>
          </p>
          <ThemeSwitch />
          <button type="button" class="quiet" onClick={signOut}>
            Sign out
          </button>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </>
  );
}

interface HeadProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  /** The page that this one is part of: its name and address. */
  readonly above?: readonly [name: string, href: string];
  readonly children?: ComponentChildren;
}

/** The head of a page: its title, what it is for, and what can be done with it. */
export function Head({ title, lead, above, children }: HeadProps) {
  useEffect(() => {
    document.title = `${title} – Gradebridge`;
  }, [title]);
  return (
    <div class="head">
      <div>
        {above && (
          <p class="above">
            <a href={above[1]}>{above[0]}</a> <span aria-hidden="true">/</span>
          </p>
        )}
        <h1>{title}</h1>
        {lead && <p class="lead">{lead}</p>}
      </div>
      {children && <div class="actions">{children}</div>}
    </div>
  );
}
