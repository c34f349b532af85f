/** The letter a zone's name ends in: `a` of `eu-west-1a`. */
export function zoneLetter(zone: string): string {
  return zone.slice(-1);
}
