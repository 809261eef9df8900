"""The real Label Studio: a server of our own, its users, its projects, and what comes back from them.

    server, launch, client    one server of one data folder; requests and their failures
    annotators, project       users; articles in, annotations in and out
    record, differences       a round, its exports, and whether two exports say the same
    config                    what annotators see
    assistant, service        a system behind Label Studio's protocol for machine-learning backends
    assist                    its predictions in the projects of a round, for annotators who need not be blind

Everything here but `config` and `differences` needs the optional packages of `fogbank[studio]`; importing any other
module without them raises StudioError.
"""
