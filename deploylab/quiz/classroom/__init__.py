"""A quiz in class: thirty phones, one screen, one file in which nothing is lost.

session   the course of a class, as pure data and pure steps
store     the SQLite file; an answer is on disk before anybody is told so
room      the quiz, the students and their answers; tally, flow and screens are functions of it
hall      what people say; lines: who is connected, and what each of them is shown
server    pages, WebSockets and plain requests; door: who may come in
export    the gradebook and all answers, after class
"""
