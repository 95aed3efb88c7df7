"""What is normal of a day: numbers of a dataset judged by those of the days before."""
