import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { listenForKeys } from '../lib/keys.ts';
import { applyTheme } from '../lib/theme.ts';
import './app.css';
import { Providers } from './providers.tsx';

applyTheme();
listenForKeys();
const root = document.getElementById('root');
if (!root) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <Providers />
  </StrictMode>,
);
