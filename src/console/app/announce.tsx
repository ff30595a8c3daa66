import { useEffect, useState } from 'preact/hooks';

let say: (text: string) => void = () => undefined;

/** Tells the result of what somebody has done: shown for a while, and read out. */
export function announce(text: string): void {
  say(text);
}

/** The one place where results are told. */
export function Announcements() {
  const [text, setText] = useState('');
  useEffect(() => {
    say = setText;
  }, []);
  useEffect(() => {
    if (text === '') return;
    const timer = setTimeout(() => setText(''), 6000);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div class="announcement" role="status" aria-live="polite">
      {text !== '' && <p>{text}</p>}
    </div>
  );
}
