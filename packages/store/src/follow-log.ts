import { EventEmitter } from 'node:events';
import { type ChangeFeed, listenToAll } from './changes.ts';

/**
 * A log that many follow: who asks for what comes after the same place at the same time shares one read, so a thousand
 * readers of one log cost one read a change.
 */
export interface SharedLog<Place, Piece> {
  /** What comes after a place. For all who ask for it before the log changes, it is read once. */
  read(after: Place): Promise<Piece>;
  /** Calls the listener with each change, and where some may have been missed; answers what ends that. */
  onChange(listener: () => void): () => void;
  /** The reader is done. */
  close(): Promise<void>;
}

interface OpenLog<Place, Piece> extends Pick<SharedLog<Place, Piece>, 'read' | 'onChange'> {
  readonly stop: Promise<() => Promise<void>>;
  readers: number;
}

export interface LogSettings<Place, Piece> {
  /** The channels on which each change is told. All who follow them read the same pieces. */
  readonly channels: readonly [string, ...string[]];
  readonly read: (after: Place) => Promise<Piece>;
}

/** The logs that this process follows, each for as long as somebody reads it. */
export function createLogFollower(feed: ChangeFeed) {
  const logs = new Map<string, OpenLog<never, unknown>>();

  function open<Place, Piece>({
    channels,
    read,
  }: LogSettings<Place, Piece>): OpenLog<Place, Piece> {
    const reads = new Map<Place, Promise<Piece>>();
    const changes = new EventEmitter().setMaxListeners(0);
    const onChange = () => {
      // What is being read may be from before the change.
      reads.clear();
      changes.emit('change');
    };
    const stopMissed = feed.onMissed(onChange);
    return {
      readers: 0,
      stop: listenToAll(channels, (channel) => feed.listen(channel, onChange)).then(
        (stop) => async () => {
          stopMissed();
          await stop();
        },
        (error: unknown) => {
          stopMissed();
          throw error;
        },
      ),
      read(after) {
        const known = reads.get(after);
        if (known !== undefined) return known;
        const reading = read(after).finally(() => {
          if (reads.get(after) === reading) reads.delete(after);
        });
        reads.set(after, reading);
        return reading;
      },
      onChange(listener) {
        changes.on('change', listener);
        return () => changes.off('change', listener);
      },
    };
  }

  return {
    /** Opens a log for one reader. Resolves once changes are told for certain. */
    async followLog<Place, Piece>(
      settings: LogSettings<Place, Piece>,
    ): Promise<SharedLog<Place, Piece>> {
      const [channel] = settings.channels;
      // A channel's pieces are of one type.
      const known = logs.get(channel) as OpenLog<Place, Piece> | undefined;
      const log = known ?? open(settings);
      logs.set(channel, log);
      log.readers += 1;
      const close = async () => {
        log.readers -= 1;
        if (log.readers > 0) return;
        if (logs.get(channel) === (log as OpenLog<never, unknown>)) logs.delete(channel);
        const stop = await log.stop.catch(() => undefined);
        await stop?.();
      };
      try {
        await log.stop;
      } catch (error) {
        await close();
        throw error;
      }
      return { read: log.read, onChange: log.onChange, close };
    },
  };
}
