import { errorPage } from './error-page.ts';

process.stdout.write(errorPage());
