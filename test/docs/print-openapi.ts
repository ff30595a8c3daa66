import { openApiFile } from './openapi/document.ts';

process.stdout.write(openApiFile());
