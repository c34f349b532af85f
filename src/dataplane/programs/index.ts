export { mustRun, runProgram } from './run-program.ts';
