"""The screens: what a person does at them, each with its keys and its messages.

The first rows wait for every module that is imported before them. What only a later key asks for is
therefore imported in the function that the key leads to, here and in what the screens are made of; the
inbox loads what the next keys need as soon as rows are seen. A test of the start counts the modules.
"""
