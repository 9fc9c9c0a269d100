scenario probe { #! warning[KTS0602]: scenario 'probe' judges nothing: it can never fail
    hold 100ms
}
