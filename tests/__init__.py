import stages as stages
