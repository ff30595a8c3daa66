import { faultPage } from './fault-page.ts';

process.stdout.write(faultPage());
