/** Outlines on a grid of 16, drawn with the colour of the text around them. */
const paths = {
  inbox: 'M2.5 9.5h3l1 1.75h3l1-1.75h3M3.5 3.5h9l1.5 6v3h-12v-3z',
  jobs: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01',
  chat: 'M2.5 3.5h11v7.5H7L4.5 13v-2h-2z',
  agent:
    'M8 1.75v2M4 5.5A1.75 1.75 0 0 1 5.75 3.75h4.5A1.75 1.75 0 0 1 12 5.5v4.75A1.75 1.75 0 0 1 10.25 12h-4.5A1.75 1.75 0 0 1 4 10.25zM6.5 7v1M9.5 7v1M2 7v2.5M14 7v2.5M6 14.25h4',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.75V8l2.25 1.5',
  bolt: 'M8.75 1.75 3.5 9h4l-.25 5.25L12.5 7h-4z',
  send: 'M13.75 2.25 7.5 8.5M13.75 2.25 9.5 13.75l-2-5.25-5.25-2z',
  link: 'M6.5 9.5l3-3M7 4.75 8.5 3.25a3 3 0 0 1 4.25 4.25L11.25 9M9 11.25l-1.5 1.5A3 3 0 0 1 3.25 8.5L4.75 7',
  chart: 'M2.5 13.5h11M4.5 11V8M8 11V3.5M11.5 11V6',
  pulse: 'M1.75 8.5h3l2-5.5 3 10 1.75-4.5h2.75',
  key: 'M9.5 9.5A3.25 3.25 0 1 0 6.7 7.1L2.5 11.25V13.5h2.25v-1.5h1.5v-1.5H7.5zM10.75 5.25h.01',
  play: 'M4.5 3v10l8-5z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  stop: 'M4 4h8v8H4z',
  retry: 'M13 8a5 5 0 1 1-1.5-3.55M13 2v3h-3',
  check: 'M3 8.5 6.5 12 13 4.5',
  cross: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  filter: 'M2 4h12M4.5 8h7M6.5 12h3',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.75 10.75 14 14',
  down: 'M4 6l4 4 4-4',
  right: 'M6 4l4 4-4 4',
  left: 'M10 4 6 8l4 4',
  warning: 'M8 2.25 14.5 13.5h-13zM8 6.5v3M8 11.5h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.5V11M8 5h.01',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  moon: 'M13.5 9.5A6 6 0 0 1 6.5 2.5a6 6 0 1 0 7 7z',
  screen: 'M2 3h12v8H2zM5.5 13.5h5M8 11v2.5',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  out: 'M6.5 2.5h-4v11h4M6 8h8M11 5l3 3-3 3',
  plus: 'M8 3v10M3 8h10',
  edit: 'M10.5 2.75l2.75 2.75L6 12.75 2.75 13.25 3.25 10z',
  reply: 'M6.5 4 2.5 8l4 4M3 8h6.5a4 4 0 0 1 4 4',
  tool: 'M9.75 6.25a3.25 3.25 0 0 1 4-4L12 4v2h2l1.75-1.75M9.75 6.25 3 13l-1-1 6.75-6.75',
  model: 'M8 2l1.6 4.4L14 8l-4.4 1.6L8 14l-1.6-4.4L2 8l4.4-1.6z',
  person: 'M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.75 13.5a5.25 5.25 0 0 1 10.5 0',
  mail: 'M2 3.5h12v9H2zM2 4.5l6 4.5 6-4.5',
  issue: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 8h.01',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9',
  code: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5',
  book: 'M8 4.5C6.5 3.25 4.5 3 2.5 3v9.5c2 0 4 .25 5.5 1.5 1.5-1.25 3.5-1.5 5.5-1.5V3c-2 0-4 .25-5.5 1.5zM8 4.5V14',
  keyboard: 'M1.5 4h13v8h-13zM4 6.5h.01M6.5 6.5h.01M9 6.5h.01M11.5 6.5h.01M5 9.5h6',
} as const;

export type IconName = keyof typeof paths;

/** Decoration: whoever uses it says in words what it stands for. */
export function Icon({ name, size = 16 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      className="icon"
    >
      <path d={paths[name]} />
    </svg>
  );
}
