import { render } from 'preact';
import { App } from './app.tsx';
import { followLinks } from './place.ts';
import './style.css';
import { applyTheme } from './theme.tsx';

applyTheme();
followLinks();
const root = document.createElement('div');
root.className = 'app';
document.body.append(root);
render(<App />, root);
