import { type Html, html } from '../kernel/html.ts';
import type { Asked } from '../kernel/http.ts';

/** A whole page around its main part. Nothing inline: the policy of the page forbids it. */
export function layout({ title, main, signed, csrf }: { title: string; main: Html } & Pick<Asked<unknown>, 'signed' | 'csrf'>): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Trapkey</title>
<link rel="icon" href="/console/mark.svg" type="image/svg+xml">
<link rel="icon" type="image/svg+xml" href="/assets/mark.svg">
<link rel="stylesheet" href="/assets/trapkey.css">
<script src="/assets/passkey.js" defer></script>
</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="top">
<a class="brand" href="/approvals">Trapkey</a>
${
  signed &&
  html`<nav aria-label="Main"><a href="/approvals">Approvals</a> <a href="/batches">Batches</a> <a href="/alerts">Alerts</a> <a href="/requests">Requests</a> <a href="/stops">Stop</a> <a href="/catalog">Catalog</a> <a href="/account">Account</a></nav>
<form method="post" action="/sign-out">${csrf}<button class="plain">Sign out</button></form>`
}
</header>
<main id="main">
${main}
</main>
</body>
</html>
`;
}
