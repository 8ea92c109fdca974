const name = 'trapkey.signed-in';

/** Tells the other tabs that somebody signed in, or showed a credential, in this one. */
export function tellSignedIn(): void {
  const channel = new BroadcastChannel(name);
  channel.postMessage(name);
  channel.close();
}

/** Hears that somebody may have signed in elsewhere: another tab said so, or the person is back at this one. Returns how to end it. */
export function onSignedIn(hear: () => void): () => void {
  const channel = new BroadcastChannel(name);
  const look = () => {
    if (document.visibilityState === 'visible') hear();
  };
  channel.addEventListener('message', hear);
  window.addEventListener('focus', look);
  document.addEventListener('visibilitychange', look);
  return () => {
    channel.close();
    window.removeEventListener('focus', look);
    document.removeEventListener('visibilitychange', look);
  };
}
