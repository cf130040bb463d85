// run.mjs DRIVER WORK TAP: the transport against servers of every kind.
import { run } from './check.mjs';
import './faults.mjs';
import './trust.mjs';
import './credentials.mjs';

await run();
