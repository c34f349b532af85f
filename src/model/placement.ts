/** A binding rule: only instances that satisfy it are considered. */
export type PlacementConstraint =
  | { readonly type: 'distinctInstance' }
  | { readonly type: 'memberOf'; readonly expression: string };

/** A preference: each strategy narrows the candidates, the next breaks ties among them. */
export type PlacementStrategy =
  | { readonly type: 'random' }
  | { readonly type: 'spread'; readonly field: string }
  | { readonly type: 'binpack'; readonly field: 'cpu' | 'memory' };
