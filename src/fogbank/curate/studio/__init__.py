"""The real Label Studio: a server of our own, its users, its projects, and what comes back from them.

    server, launch, client    one server of one data folder; requests and their failures
    folder, database          what the folder keeps; the PostgreSQL that may stand behind it
    annotators, project       users; projects found, made and exported
    entry, fitness            articles and annotations in, and whether Label Studio would keep them
    record, differences       a round, its exports, and whether two exports say the same
    config                    what annotators see
    assistant, service        a system behind Label Studio's protocol for machine-learning backends
    assist                    its predictions in the projects of a round, for annotators who need not be blind

What speaks to a server needs the optional packages of `fogbank[studio]`; importing it without them raises StudioError.
"""
