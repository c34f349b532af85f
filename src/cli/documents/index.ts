export { DocumentError } from './document-error.ts';
export { parseInputDocument, type ShapeNames } from './parse-document.ts';
