import { plantBug } from '../simulation/planted/plant.ts';
import { plantedBugs, plantedVariable } from './planted.ts';

const name = process.env[plantedVariable];
if (name !== undefined) plantBug(name, plantedBugs);
