import { type Cluster, Command, type Redis } from 'ioredis';

type Word = string | number;

/**
 * Has runs of scripts put into text with less garbage: a commit has a hundred arguments, of which ioredis makes several
 * copies, and five pieces of text each.
 */
export function shortenScriptRuns(redis: Redis | Cluster): void {
  const evalsha = (...words: Word[]) => redis.sendCommand(new ScriptRun(words));
  Object.assign(redis, { evalsha });
}

class ScriptRun extends Command {
  readonly #words: readonly Word[];

  constructor(words: Word[]) {
    super('evalsha', [], { replyEncoding: 'utf8' });
    // A cluster finds the keys among these.
    this.args = words;
    this.#words = words;
  }

  override toWritable(): string {
    return commandText(this.name, this.#words);
  }
}

/** A command as Redis reads it: the number of its words, then for each word the number of its bytes and the word. */
function commandText(name: string, words: readonly Word[]): string {
  let text = `*${words.length + 1}${withLength(name)}`;
  for (const word of words) text += withLength(textOf(word));
  return `${text}\r\n`;
}

/** As ioredis has it: a whole number in digits, however long, without an exponent. */
function textOf(word: Word): string {
  if (typeof word === 'string') return word;
  const isLong = Number.isInteger(word) && !Number.isSafeInteger(word);
  return isLong ? String(BigInt(word)) : String(word);
}

function withLength(word: string): string {
  const length = Buffer.byteLength(word);
  return (starts[length] ?? startOf(length)) + word;
}

/** What stands before a word of so many bytes: made once for short words. */
const starts = Array.from({ length: 256 }, (_, length) => startOf(length));

function startOf(length: number): string {
  return `\r\n$${length}\r\n`;
}
