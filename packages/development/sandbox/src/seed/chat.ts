import { readData } from './read-data.ts';

export interface ChatMessage {
  /** Slack's timestamp, which is also the message's id in its channel. */
  readonly ts: string;
  readonly user: string;
  text: string;
  readonly threadTs?: string;
  readonly reactions: { name: string; users: string[] }[];
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  topic: string;
  readonly isPrivate: boolean;
  members: string[];
  /** Oldest first. */
  messages: ChatMessage[];
}

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly realName: string;
  readonly email: string;
  readonly title: string;
}

export interface Chat {
  readonly self: string;
  readonly people: Person[];
  readonly channels: Channel[];
  nextNumber: number;
}

/** `data/workspace.json` */
interface SeedWorkspace {
  readonly people: Person[];
  readonly channels: (Pick<Channel, 'id' | 'name' | 'topic'> & {
    messages: { user: string; hoursAgo: number; text: string }[];
  })[];
}

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
