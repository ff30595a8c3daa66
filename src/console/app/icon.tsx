/** Signs that go with a colour, so that it never speaks alone. Paths on a square of 16. */
const PATHS = {
  ok: 'M3.500 8.500l3 3 6-7',
  wrong: 'M8 4.500v4.500M8 11.500v.01M8 1.500l6.800 12.500H1.200z',
  warning: 'M8 4.500v4M8 11v.01M8 1.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13z',
  waiting: 'M8 4.500V8l2.500 1.500M8 1.500a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13z',
  moving: 'M2 8h11M9 4l4 4-4 4',
  held: 'M6 4v8M10 4v8',
  gone: 'M4 4l8 8M12 4l-8 8',
  replaced: 'M3 6h8l-2.500-2.500M13 10H5l2.500 2.500',
  skipped: 'M4 8h8',
  copy: 'M5.500 5.500v-3h8v8h-3M2.500 5.500h8v8h-8z',
  overview: 'M2.500 8.500L8 3l5.500 5.500M4 7.500v6h8v-6',
  mappings: 'M2 5h9l-2-2M14 11H5l2 2',
  traffic: 'M1.500 8h3l2-5 3 10 2-5h3',
  deliveries: 'M2 4.500h12v8H2zM2 4.500l6 5 6-5',
  'line-items': 'M2.500 3h11v10h-11zM2.500 6.500h11M6.500 3v10',
  tools: 'M6 3v4M10 3v4M4 7h8v2a4 4 0 0 1-8 0zM8 13v2',
  configuration: 'M2 4.500h6M12 4.500h2M10 2.500v4M2 11.500h2M8 11.500h6M6 9.500v4',
  audit: 'M3.500 2h9v12h-9zM6 5.500h4M6 8h4M6 10.500h2',
  dark: 'M13 9.500A5.500 5.500 0 0 1 6.500 3a5.500 5.500 0 1 0 6.500 6.500z',
  light:
    'M8 5.500a2.500 2.500 0 1 1 0 5 2.500 2.500 0 0 1 0-5zM8 1.500v1.500M8 13v1.500M1.500 8H3M13 8h1.500M3.400 3.400l1 1M11.600 11.600l1 1M3.400 12.600l1-1M11.600 4.400l1-1',
  auto: 'M8 2a6 6 0 1 1 0 12zM8 2a6 6 0 0 0 0 12',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
