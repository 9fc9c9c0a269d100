# min and max compare numbers, all of one type.
scenario s {
    hold min("a", 1s) #! error[KTS0300]: argument `a` of min() is a number, but this is a string
    hold max(1s, 2) #! error[KTS0300]: argument `b` of max() is a duration like the one before it
}
