/** The longest cluster query expression, characters. Source: PlacementConstraint.expression in the ECS API reference. */
export const maxExpressionLength = 2000;
/** How deep parentheses, `not` and the groups of a pattern may nest, so that no text exhausts the stack. */
export const maxNesting = 64;
/** Steps that all patterns of one expression may compile to: matching costs at most this much per character. */
export const maxPatternSteps = 1000;
/** Fixed host ports in use on one instance, the agent's own among them. Source: PortMapping.hostPort. */
export const maxReservedPorts = 100;
/** Failures that one answer names: one per instance that was evaluated. */
export const maxFailures = 100;
/** Instances that one service event explains, and characters it spends on each. */
export const maxExplainedHosts = 5;
export const maxExplanationLength = 200;
/** Missing attributes that one refusal names. */
export const maxNamedAttributes = 3;
