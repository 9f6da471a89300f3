import { render } from 'preact';
import { read } from './api.js';
import { App } from './app.js';
import { startLive } from './live.js';
import { type Me, me } from './me.js';
import { startPlace } from './place.js';
import './style.css';

const root = document.getElementById('page')!;
// What the server sent stays until there is something better.
const known = await read<Me>('/me');
me.value = known;
startLive(known.seq);
startPlace();
root.replaceChildren();
render(<App />, root);
