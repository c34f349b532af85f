export { mustRun, type ProgramEnd, runProgram } from './run-program.ts';
