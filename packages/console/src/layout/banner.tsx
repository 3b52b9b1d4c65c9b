import { Icon } from '../components/icon.tsx';
import { liveState } from '../live/live-events.ts';
import { reach } from '../live/reach.ts';
import { useStore } from '../live/store.ts';

const sentences = {
  gateway_away:
    'The gateway does not answer. What you see is from before; the page goes on by itself once it is back.',
  redis_away:
    'Redis does not answer. Jobs that run are not lost; the page goes on by itself once it is back.',
};

/** Says what is away, above everything else. */
export function Banner() {
  const state = useStore(reach);
  return (
    <div role="status">
      {state !== 'answers' && (
        <div className="notice amber" style={{ borderRadius: 0 }}>
          <Icon name="warning" />
          <span>{sentences[state]}</span>
        </div>
      )}
    </div>
  );
}

const liveWords = {
  live: ['green', 'Live', 'Changes are shown as they happen.'],
  connecting: ['amber', 'Connecting', 'The stream of events is being opened.'],
  away: [
    'amber',
    'Polling',
    'The stream of events is away: what is shown is read every few seconds.',
  ],
} as const;

const awayWords = ['amber', 'Away', 'Nobody answers: what is shown is from before.'] as const;

export function LiveMark() {
  const words = liveWords[useStore(liveState)];
  // A stream may not have noticed yet.
  const [tone, word, title] = useStore(reach) === 'answers' ? words : awayWords;
  return (
    <span className={`chip ${tone}`} title={title}>
      {word}
    </span>
  );
}
