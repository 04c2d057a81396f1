// Package upkeep looks after the house: the doctor, who checks the data and says
// what is in it, and the demonstration, a throw-away house full of people.
//
// The doctor reads and never mends. The demonstration does everything through
// the real use cases under a clock that it moves itself, so whatever it shows a
// circle could have lived.
package upkeep
