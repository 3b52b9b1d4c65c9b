import { EventEmitter, once } from 'node:events';

/** Something that a test lets happen when it wants to. */
export interface Gate {
  readonly opened: Promise<unknown>;
  readonly open: () => void;
}

export function createGate(): Gate {
  const source = new EventEmitter();
  return { opened: once(source, 'open'), open: () => void source.emit('open') };
}
