// The one script of these pages: passkeys are an API of the browser. Without it everything else works.
const parts = document.querySelectorAll('[data-passkey]');
if (parts.length > 0 && globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON !== undefined) {
  for (const part of parts) offer(part);
}

function offer(part) {
  const { passkey, csrf, to } = part.dataset;
  const status = part.querySelector('[role=status]');
  const button = part.querySelector('button');
  part.hidden = false;
  button.addEventListener('click', async () => {
    button.disabled = true;
    status.textContent = '';
    try {
      await (passkey === 'register' ? register : prove)(csrf);
      location.assign(to);
    } catch (error) {
      status.textContent = error instanceof DOMException ? 'The browser gave no passkey. Try again, or use your code.' : error.message;
      button.disabled = false;
    }
  });
}

async function register(csrf) {
  const { options, sealed } = await ask('/api/passkeys/register/begin', csrf, {});
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  const made = await navigator.credentials.create({ publicKey });
  await ask('/api/passkeys/register/end', csrf, {
    sealed,
    response: made.toJSON(),
    label: navigator.userAgentData?.platform ?? navigator.platform,
  });
}

async function prove(csrf) {
  const { options, sealed } = await ask('/api/passkeys/prove/begin', csrf, {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
  const shown = await navigator.credentials.get({ publicKey });
  await ask('/api/passkeys/prove/end', csrf, { sealed, response: shown.toJSON() });
}

async function ask(path, csrf, body) {
  const reply = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-csrf-token': csrf },
    body: JSON.stringify(body),
  });
  const said = await reply.json();
  if (!reply.ok) throw new Error([said.says, said.next].filter(Boolean).join(' '));
  return said;
}
