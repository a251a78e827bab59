// The room opens with its first source.
