import { readData } from './read-data.ts';

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

/** `data/workspace.json` */
type SeedWorkspace = {
  people: Person[];
  channels: (Pick<Channel, 'id' | 'name' | 'topic'> & {
    messages: { user: string; hoursAgo: number; text: string }[];
  })[];
};

/** Slack's timestamps: seconds and a counter, unique within a channel. */
export function timestampOf(time: number, number: number): string {
  return `${Math.floor(time / 1000)}.${String(number).padStart(6, '0')}`;
}

/** A Slack workspace with five people and four channels. */
export function createChat(identifier: string, now: number): Chat {
  const name = identifier.split('@')[0] ?? identifier;
  const email = `${name}@acme.example`;
  const self: Person = { id: 'U00SELF', name, realName: name, email, title: 'You' };
  const seed = readData('workspace.json') as SeedWorkspace;
  const people = [self, ...seed.people];
  return {
    self: self.id,
    people,
    channels: seed.channels.map((channel) => ({
      id: channel.id,
      name: channel.name,
      topic: channel.topic,
      isPrivate: false,
      members: people.map((each) => each.id),
      messages: channel.messages.map(({ user, hoursAgo, text }, index) => ({
        ts: timestampOf(now - hoursAgo * 3_600_000, index + 1),
        user,
        text,
        reactions: [],
      })),
    })),
    nextNumber: 100,
  };
}
