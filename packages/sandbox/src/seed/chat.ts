export type ChatMessage = {
  /** Slack's timestamp, which is also the message's id in its channel */
  ts: string;
  user: string;
  text: string;
  threadTs?: string;
  reactions: { name: string; users: string[] }[];
};

export type Channel = {
  id: string;
  name: string;
  topic: string;
  isPrivate: boolean;
  members: string[];
  /** oldest first */
  messages: ChatMessage[];
};

export type Person = { id: string; name: string; realName: string; email: string; title: string };

export type Chat = {
  self: string;
  people: Person[];
  channels: Channel[];
  nextNumber: number;
};

const PEOPLE: Person[] = [
  person('U01MARA', 'mara', 'Mara Lindqvist', 'Customer success'),
  person('U02JONAS', 'jonas', 'Jonas Weber', 'Chief of staff'),
  person('U03PRIYA', 'priya', 'Priya Nair', 'Backend engineer'),
  person('U04AIKO', 'aiko', 'Aiko Tanaka', 'Frontend engineer'),
  person('U05TOMAS', 'tomas', 'Tomás Oliveira', 'Support lead'),
];

const CHANNELS: { id: string; name: string; topic: string; lines: [string, number, string][] }[] = [
  {
    id: 'C01GENERAL',
    name: 'general',
    topic: 'Company-wide announcements',
    lines: [
      ['U02JONAS', 50, 'The board meeting is on Monday at 10:00. Slides by tomorrow noon, please.'],
      ['U01MARA', 26, 'Northwind wants to renew for 24 months and add ten seats. :tada:'],
      ['U05TOMAS', 3, 'Reminder: please enter your holiday plans until the end of the month.'],
    ],
  },
  {
    id: 'C02ENGINEERING',
    name: 'engineering',
    topic: 'Building the product',
    lines: [
      ['U03PRIYA', 28, 'The fix for the rate limiter is in review: acme/api#41.'],
      ['U04AIKO', 9, 'The invoice page is ready for testing on staging.'],
      [
        'U03PRIYA',
        5,
        'The deploy window is on Wednesday at 07:00 UTC. Main is frozen from Tuesday evening.',
      ],
      ['U02JONAS', 1, 'Who watches the dashboards during the deploy?'],
    ],
  },
  {
    id: 'C03SUPPORT',
    name: 'support',
    topic: 'Questions of customers',
    lines: [
      ['U05TOMAS', 70, 'Northwind: the CSV export stops after 65,536 rows.'],
      ['U01MARA', 20, 'Can somebody send Northwind a workaround before their audit?'],
    ],
  },
  {
    id: 'C04RANDOM',
    name: 'random',
    topic: 'Everything else',
    lines: [['U02JONAS', 78, 'A ramen place opened next door. Tuesday 12:30?']],
  },
];

function person(id: string, name: string, realName: string, title: string): Person {
  return { id, name, realName, email: `${name}@acme.example`, title };
}

/** Slack's timestamps: seconds and a counter, unique within a channel. */
export function timestampOf(time: number, number: number): string {
  return `${Math.floor(time / 1000)}.${String(number).padStart(6, '0')}`;
}

/** A Slack workspace with five people and four channels. */
export function createChat(identifier: string, now: number): Chat {
  const name = identifier.split('@')[0] ?? identifier;
  const self = person('U00SELF', name, name, 'You');
  const people = [self, ...PEOPLE].map((each) => ({ ...each }));
  return {
    self: self.id,
    people,
    channels: CHANNELS.map((channel) => ({
      id: channel.id,
      name: channel.name,
      topic: channel.topic,
      isPrivate: false,
      members: people.map((each) => each.id),
      messages: channel.lines.map(([user, hoursAgo, text], index) => ({
        ts: timestampOf(now - hoursAgo * 3_600_000, index + 1),
        user,
        text,
        reactions: [],
      })),
    })),
    nextNumber: 100,
  };
}
