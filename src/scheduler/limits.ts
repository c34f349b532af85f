/** The longest cluster query expression, characters. Source: PlacementConstraint.expression in the ECS API reference. */
export const maxExpressionLength = 2000;
/** How deep parentheses, `not` and the groups of a pattern may nest, so that no text exhausts the stack. */
export const maxNesting = 64;
/** Steps that all patterns of one expression may compile to: matching costs at most this much per character. */
export const maxPatternSteps = 1000;
/** Fixed host ports in use on one instance, the agent's own among them. Source: PortMapping.hostPort. */
export const maxReservedPorts = 100;
/** Failures that one answer names: one per instance, of those that were evaluated the nearest matches. */
export const maxFailures = 100;
/** Instances that one service event explains, and characters it spends on each. */
export const maxExplainedHosts = 5;
export const maxExplanationLength = 200;
/** Missing attributes that one refusal names. */
export const maxNamedAttributes = 3;
/** Orders of the hosts that one pool keeps: per attribute that tasks are spread over and resource they are packed by. */
export const maxArrangements = 16;
/** Shapes of request (attributes, expressions, zones) for which one pool remembers which hosts satisfy them. */
export const maxVerdictShapes = 1000;
/** Expressions that placement keeps parsed. */
export const maxParsedExpressions = 1000;
/** Hosts drawn blindly, in the hope of one that is as good as any can be, before all of them are looked at. */
export const maxDraws = 24;
/** Equally good hosts of which one is drawn, where those that follow are no better and looking on would only cost. */
export const maxEquals = 64;
